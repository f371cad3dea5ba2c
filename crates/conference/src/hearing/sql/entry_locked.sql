-- One entry of an item, locked.
{hearing_entries()}
where e.agenda_item_id = $1 and e.id = $2
for update of e
