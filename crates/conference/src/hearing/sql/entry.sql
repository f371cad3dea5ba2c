-- One entry of an item, whoever reads it.
{hearing_entries()}
where e.agenda_item_id = $1 and e.id = $2
