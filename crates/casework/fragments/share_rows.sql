-- share_rows(): the shares `g` of the case $1: its circle on the basis `share`.
select g.id, g.agency_id, g.opens_at, nullif(g.ends_at, 'infinity') as ends_at, g.created_by, g.version, g.reason
from circle g
where g.case_id = $1 and g.basis = 'share'
