-- unopened(m, i): the item at `i` is on a list at `m` that is out, and nobody has opened its case to anybody.
({m}.status in ('circulated', 'in_session')
  and {i}.status = 'listed'
  and exists (
    select from agenda_listings l
    where l.agenda_item_id = {i}.id)
  and not exists (
    select from circle g
    where g.case_id = {i}.case_id and g.meeting_id = {m}.id and g.basis = 'listing'))
