//! The demonstration caseload.
