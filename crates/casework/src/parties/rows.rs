//! SQL for the people of cases, as fragments of larger statements.

/// SQL: identity and role of party rows at `p`.
#[doc(hidden)]
#[macro_export]
macro_rules! party_row {
    () => {
        "select 'party' as kind, p.id, null::uuid as parent, p.version, \
         json_build_object('role', p.role)::text as plain, p.identity as sealed from parties p "
    };
}

/// SQL: characteristics at `p`.
#[doc(hidden)]
#[macro_export]
macro_rules! characteristics_row {
    () => {
        "select 'characteristics' as kind, p.party_id as id, p.party_id as parent, p.version, \
         '{}' as plain, p.sealed from party_characteristics p "
    };
}

/// SQL: addresses at `p`.
#[doc(hidden)]
#[macro_export]
macro_rules! address_row {
    () => {
        "select 'address' as kind, p.id, p.party_id as parent, p.version, \
         json_build_object('kind', p.kind, 'confidential', p.confidential, \
           'known_to_perpetrator', p.known_to_perpetrator, 'from', p.valid_from, 'to', p.valid_to)::text \
           as plain, p.sealed from party_addresses p "
    };
}

/// SQL: contacts at `p`.
#[doc(hidden)]
#[macro_export]
macro_rules! contact_row {
    () => {
        "select 'contact' as kind, p.id, p.party_id as parent, p.version, \
         json_build_object('kind', p.kind, 'safe_to_call', p.safe_to_call, \
           'safe_to_text', p.safe_to_text, 'safe_voicemail', p.safe_voicemail, \
           'withheld_number', p.withheld_number, 'confirmed_at', p.confirmed_at)::text \
           as plain, p.sealed from party_contacts p "
    };
}

/// SQL: relationships at `p`.
#[doc(hidden)]
#[macro_export]
macro_rules! relationship_row {
    () => {
        "select 'relationship' as kind, p.id, null::uuid as parent, p.version, \
         json_build_object('from_party_id', p.from_party_id, 'to_party_id', p.to_party_id, \
           'kind', p.kind, 'living_together', p.living_together)::text as plain, \
         null::bytea as sealed from party_relationships p "
    };
}

/// SQL: everybody of the case $1, part by part.
#[doc(hidden)]
#[macro_export]
macro_rules! people_rows {
    () => {
        concat!(
            $crate::parties::party_row!(),
            "where p.case_id = $1 union all ",
            $crate::parties::characteristics_row!(),
            "where p.case_id = $1 union all ",
            $crate::parties::address_row!(),
            "where p.case_id = $1 union all ",
            $crate::parties::contact_row!(),
            "where p.case_id = $1 union all ",
            $crate::parties::relationship_row!(),
            "where p.case_id = $1"
        )
    };
}

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

pub use {
    address_row, characteristics_row, contact_row, party_row, people_of, people_rows,
    relationship_row,
};
