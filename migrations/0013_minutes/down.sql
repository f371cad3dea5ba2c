drop table minutes_parts;
drop function minutes_part_of_draft;
drop table minutes_versions;
drop table meeting_keys;
