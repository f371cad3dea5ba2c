drop table idva_contacts, idva_allocations, lapse_notices, flag_events, flags, standard_actions,
  standard_action_versions, action_escalations, action_changes, action_events, actions;
