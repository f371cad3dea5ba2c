drop table action_changes, action_events, actions, attendances, agenda_listings, agenda_items;
alter table circle drop constraint circle_meeting_id_fkey;
drop table meetings;
