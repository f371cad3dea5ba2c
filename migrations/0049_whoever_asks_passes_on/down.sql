drop trigger inherit on pending_grants;
drop function grant_was_confirmed;
