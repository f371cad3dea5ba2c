-- figures_row(): the figures of the case $1, as a part of its file.
select 'risk' as kind, c.id, null::uuid as parent, c.version,
  {figures_of(c.id)} as plain,
  null::bytea as sealed
from cases c
where c.id = $1
