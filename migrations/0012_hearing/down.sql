drop function seat_circles;
drop index circle_one_seat;
delete from circle where basis = 'attendance';
alter table circle drop constraint circle_check1;
alter table circle add constraint circle_check1
  check ((basis in ('referrer', 'named')) = (agency_id is null));
alter table circle drop constraint circle_basis_check;
alter table circle add constraint circle_basis_check
  check (basis in ('referrer', 'named', 'allocation', 'listing', 'share'));
drop table hearing_entries, conflicts_of_interest, attendance_items, confidentiality_statements;
alter table attendances drop constraint attendances_person_check;
alter table attendances drop constraint attendances_seat_key;
delete from attendances where actor_id is not null or person_name is not null;
alter table attendances drop column actor_id, drop column person_name, drop column received_on,
  drop column confidentiality_version, drop column confidentiality_recorded_by;
alter table attendances add constraint attendances_seat_key
  unique nulls not distinct (meeting_id, agency_id, user_id);
