-- These listed cases were heard, each for a referral of that day. One whose twelve months are over by today lapses; one
-- that was referred anew since stays listed.
update cases c
set status = case when c.lapses_on < $3 then 'lapsed' else 'monitoring' end,
  version = c.version + 1
from unnest($1::uuid[], $2::date[]) as x(id, referred_on)
where c.id = x.id and c.status = 'listed' and c.last_referral_on <= x.referred_on
