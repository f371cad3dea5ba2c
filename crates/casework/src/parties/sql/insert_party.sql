-- Adds somebody to a case, linked to nobody elsewhere. With its first child, the head of the case says that it has any.
with person as (
  insert into persons (id, created_at)
  values ($1, $7)
), head as (
  update cases
  set has_children = true, version = version + 1
  where id = $4 and $5 = 'child' and not has_children
)
insert into parties (id, marac_id, case_id, person_id, role, identity, created_at)
values ($2, $3, $4, $1, $5, $6, $7)
