-- Other files of the pair of a referral in sight, the latest first. A row without a match still says that the referral
-- is in sight.
select r.marac_id as own_marac, r.case_id as own_case, m.marac_id as matched_marac, m.case_id, o.code, o.status,
  o.last_referral_on,
  (case
    when o.last_referral_on is not null
    then r.referred_on >= o.last_referral_on
      and r.referred_on <= o.last_referral_on
        + make_interval(months => coalesce((a.settings->>'repeat_window_months')::int, 12))
  end) as within_window,
  coalesce(m.marac_id, r.marac_id) as marac_id
from referrals r
join cases c on c.id = r.case_id
join maracs a on a.id = r.marac_id
left join lateral pair_matches(c.id) m on true
left join cases o on o.id = m.case_id
where r.id = $1 and {visible_cases(c)}
order by o.last_referral_on desc nulls last, m.marac_id
limit 50
