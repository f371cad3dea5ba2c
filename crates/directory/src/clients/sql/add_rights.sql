-- Adds rights to those of a client, each once.
update api_clients c
set version = c.version + 1,
  rights = array(select distinct r from unnest(c.rights || $2::text[]) r order by r)
where c.id = $1
