drop policy last_word on action_changes;
alter table action_changes drop column announced;
drop function action_counts(date, uuid[]);
