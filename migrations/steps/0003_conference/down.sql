alter table circle drop constraint circle_meeting_id_fkey;
drop table damaged_meeting_parts, minutes_parts, minutes_versions, meeting_keys, hearing_entries,
  conflicts_of_interest, attendance_items, attendances, confidentiality_statements, research_versions,
  research_returns, agenda_sessions, agenda_listings, agenda_items, meetings;
