//! SQL for the people of cases, for a text that stands in Rust: see `crates/casework/fragments`.

/// SQL: `fragments/people_of.sql`.
#[doc(hidden)]
#[macro_export]
macro_rules! people_of {
    ($case:literal, $roles:literal) => {
        concat!(
            " ",
            ::kernel::sql::fragment!("people_of", $case, $roles),
            " "
        )
    };
}

pub use people_of;
