drop trigger release_allocations on users;
drop function release_allocations;
drop table idva_contacts;
drop table idva_allocations;
