drop table idva_contacts;
drop table idva_allocations;
