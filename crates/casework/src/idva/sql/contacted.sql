-- The survivor was first tried then, or before.
update idva_allocations
set contacted_at = least(contacted_at, $2)
where id = $1
