-- wanted_event(case): the event at `e`, about this case, is for the reader and what they look for.
-- Drafts are their authors' alone.
(({case} is null
    or ({case} <> all ($closed)
      and exists (select from cases d where d.id = {case} and d.received_at is not null)))
  and ($2::text is null or e.act = $2)
  and ($3::uuid is null or {case} = $3)
  and ($4::uuid is null or e.user_id = $4)
  and ($5::timestamptz is null or (e.at, e.id) < ($5, $6)))
