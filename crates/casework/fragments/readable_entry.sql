-- readable_entry(e): the entry of the account of the case $1 at this alias is read by this reader.
-- The reader's lens shows the account ($2), they are of an agency ($3), and they are trusted with restricted entries
-- or not ($4). Or the lead opened the entry to the agency on a question, for as long as what the asker saw the case by
-- then still stands.
(($2 and ({e}.sharing = 'marac' or {e}.agency_id = $3 or ($4 and {e}.sharing = 'restricted')))
  or {e}.id in (
    select o.entry_id
    from entry_openings o
    join circle g on g.id = o.circle_id
    where o.case_id = $1
      and o.agency_id = $3
      and g.opens_at <= $now
      and not g.paused
      and g.ends_at > $now))
