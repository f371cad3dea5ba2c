drop function withdraw_agenda(uuid, uuid, timestamptz);
drop function withdraw_research(uuid);
drop function move_research(uuid, date);
drop function close_research(uuid);
