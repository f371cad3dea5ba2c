-- Names are compared by a new folding (`names::folded`). Tokens say which version made them; a job of the program makes
-- older ones anew, because what they are made of is sealed.
alter table match_tokens add column version smallint not null default 1;
comment on column match_tokens.version is 'Of the folding of names that made it.';
create index match_tokens_version on match_tokens (version, case_id);
grant update on match_tokens to toldonce_app;
-- A file of which the older folding could make no token at all is looked at too.
alter table cases add column tokens_version smallint not null default 1;
comment on column cases.tokens_version is 'Of the folding of names by which the file was last looked at.';
create index cases_tokens_version on cases (tokens_version, id);

-- One order of names on every database, whatever its locale.
create collation english (provider = icu, locale = 'en-GB');
comment on collation english is 'The order in which lists show names.';

alter table agencies alter column name type text collate english;
alter table users alter column name type text collate english;
alter table maracs alter column name type text collate english;
alter table api_clients alter column name type text collate english;
alter table registered_actors alter column name type text collate english;
alter table attendances alter column person_name type text collate english;
