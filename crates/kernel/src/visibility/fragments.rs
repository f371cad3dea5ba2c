//! The SQL that the rule of `visibility` is made of, for a text that stands in Rust: see `crates/kernel/fragments`.

/// `fragments/accepted_statement.sql`.
#[macro_export]
macro_rules! accepted_statement {
    ($meeting:literal) => {
        concat!(
            " ",
            $crate::sql::fragment!("accepted_statement", $meeting),
            " "
        )
    };
}

/// `fragments/file_key.sql`.
#[macro_export]
macro_rules! file_key {
    ($case:literal) => {
        concat!(" ", $crate::sql::fragment!("file_key", $case), " ")
    };
}

/// `fragments/hears_of_actions.sql`.
#[macro_export]
macro_rules! hears_of_actions {
    ($c:literal) => {
        concat!(" ", $crate::sql::fragment!("hears_of_actions", $c), " ")
    };
}

/// `fragments/in_circle.sql`.
#[macro_export]
macro_rules! in_circle {
    ($g:literal) => {
        concat!(" ", $crate::sql::fragment!("in_circle", $g), " ")
    };
}

/// `fragments/key_columns.sql`.
#[macro_export]
macro_rules! key_columns {
    () => {
        concat!(" ", $crate::sql::fragment!("key_columns"), " ")
    };
}

/// `fragments/not_closed.sql`.
#[macro_export]
macro_rules! not_closed {
    ($row:literal) => {
        concat!(" ", $crate::sql::fragment!("not_closed", $row), " ")
    };
}

/// `fragments/not_destroyed.sql`.
#[macro_export]
macro_rules! not_destroyed {
    () => {
        concat!(" ", $crate::sql::fragment!("not_destroyed"), " ")
    };
}

/// `fragments/not_shut_out.sql`.
#[macro_export]
macro_rules! not_shut_out {
    ($row:literal, $case:literal) => {
        concat!(
            " ",
            $crate::sql::fragment!("not_shut_out", $row, $case),
            " "
        )
    };
}

/// `fragments/own_referral.sql`.
#[macro_export]
macro_rules! own_referral {
    ($r:literal) => {
        concat!(" ", $crate::sql::fragment!("own_referral", $r), " ")
    };
}

/// `fragments/own_return.sql`.
#[macro_export]
macro_rules! own_return {
    ($r:literal) => {
        concat!(" ", $crate::sql::fragment!("own_return", $r), " ")
    };
}

/// `fragments/owned_action.sql`.
#[macro_export]
macro_rules! owned_action {
    ($a:literal) => {
        concat!(" ", $crate::sql::fragment!("owned_action", $a), " ")
    };
}

/// `fragments/standings_of.sql`.
#[macro_export]
macro_rules! standings_of {
    ($c:literal) => {
        concat!(" ", $crate::sql::fragment!("standings_of", $c), " ")
    };
}

/// `fragments/visible_actions.sql`.
#[macro_export]
macro_rules! visible_actions {
    ($a:literal) => {
        concat!(" ", $crate::sql::fragment!("visible_actions", $a), " ")
    };
}

/// `fragments/visible_cases.sql`.
#[macro_export]
macro_rules! visible_cases {
    ($c:literal) => {
        concat!(" ", $crate::sql::fragment!("visible_cases", $c), " ")
    };
}
