drop function action_register(date, uuid[]);
drop function carry_over(uuid);
drop table standard_actions;
drop table standard_action_versions;
drop table action_escalations;
drop index actions_incomplete;
alter table actions
  drop column standard_version,
  drop column standard_code,
  drop column reminded_on,
  drop column reminders,
  drop column escalated_on,
  drop column escalation;
