drop table entry_openings, told_already, questions;
