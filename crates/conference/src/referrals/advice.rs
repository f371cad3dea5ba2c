//! What to look at again in a referral. Pure.

use chrono::NaiveDate;

use practice::advice::{AdviceGiven, LeastAges, Looked};
use practice::document::Document;
use practice::marac::settings::MaracSettings;
use practice::party::{Address, PartyRole};

/// What the referrer, and later the coordinator, should look at again. It refuses nothing.
pub(super) fn advice(
    document: &Document,
    settings: &MaracSettings,
    on: NaiveDate,
    prefix: &str,
) -> Vec<AdviceGiven> {
    use practice::document::Arranged;
    let least = LeastAges::from(settings);
    let mut found = practice::advice::advice(&looked(document, prefix), least, on);
    let survivor = document.survivor.as_ref();
    let safe =
        survivor.is_some_and(|s| s.contacts.iter().any(|c| c.safe_to_call || c.safe_to_text));
    let unmade = |state| matches!(state, Some(Arranged::NotMade | Arranged::Unknown));
    let further = [
        (
            unmade(document.idva_referral),
            "idva_referral",
            "idva_referral_not_made",
            "No referral to an IDVA has been made (R9).",
        ),
        (
            !document.children.is_empty() && unmade(document.children_safeguarding),
            "children_safeguarding",
            "children_safeguarding_not_made",
            "No safeguarding referral has been made for the children (R10).",
        ),
        (
            survivor.is_some() && !safe,
            "survivor/contacts",
            "no_safe_contact",
            "No way to reach the survivor is marked as safe (R8).",
        ),
    ];
    let further = further.into_iter().filter(|(there, ..)| *there);
    found.extend(further.map(|(_, path, code, message)| {
        AdviceGiven::new(format!("{prefix}/{path}"), code, message)
    }));
    found
}

/// The people of a document with their pointers.
fn looked<'d>(document: &'d Document, prefix: &str) -> Vec<Looked<'d>> {
    let one = |path: String, role, identity, addresses: &'d [Address]| Looked {
        pointer: format!("{prefix}/{path}/identity"),
        role,
        identity,
        addresses: addresses
            .iter()
            .enumerate()
            .map(|(n, address)| (format!("{prefix}/{path}/addresses/{n}"), address))
            .collect(),
    };
    let survivor = document.survivor.iter().map(|s| {
        one(
            "survivor".to_owned(),
            PartyRole::Survivor,
            &s.identity,
            &s.addresses,
        )
    });
    let perpetrators = document.perpetrators.iter().enumerate().map(|(n, p)| {
        one(
            format!("perpetrators/{n}"),
            PartyRole::Perpetrator,
            &p.identity,
            &p.addresses,
        )
    });
    let children = document
        .children
        .iter()
        .enumerate()
        .map(|(n, c)| one(format!("children/{n}"), PartyRole::Child, &c.identity, &[]));
    survivor.chain(perpetrators).chain(children).collect()
}
