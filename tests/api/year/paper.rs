//! What a referral of the year says.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::book::Plan;
use crate::support::{dash, referral};

/// What is in mind for the referral of this number.
pub fn plan(number: usize) -> Plan {
    match number {
        INHERITED => Plan::Inherited,
        n if n % 23 == 5 => Plan::Urgent,
        n if n % 17 == 3 => Plan::Returned,
        n if n % 29 == 7 => Plan::Declined,
        n if n % 58 == 22 => Plan::Challenged,
        n if n % 41 == 9 => Plan::Withdrawn,
        n if n % 37 == 11 => Plan::Draft,
        n if n >= 60 && n % 9 == 4 => Plan::Again,
        _ => Plan::Plain,
    }
}

/// Begun by a representative who leaves.
pub const INHERITED: usize = 316;

/// Which agency sends it: the police most, then the IDVA service and children's services.
pub fn sender(number: usize) -> usize {
    const TABLE: [usize; 20] = [0, 1, 0, 4, 0, 3, 0, 1, 2, 0, 5, 0, 6, 1, 0, 7, 8, 4, 9, 10];
    match number {
        INHERITED => super::area::MENTAL,
        n if n % 50 == 49 => super::area::VOLUNTEERS,
        n => TABLE[n % TABLE.len()],
    }
}

const FIRST: [&str; 10] = [
    "Ab", "Bel", "Cor", "Dun", "Eth", "Far", "Gil", "Hav", "Ill", "Jor",
];
const SECOND: [&str; 10] = [
    "an", "ber", "dow", "el", "fin", "gar", "hal", "is", "lo", "mer",
];
const THIRD: [&str; 10] = [
    "by", "cott", "den", "ford", "ham", "ley", "son", "ton", "well", "wick",
];

fn family_name(number: usize) -> String {
    let at = |place: usize| number / place % 10;
    format!("{}{}{}", FIRST[at(1)], SECOND[at(10)], THIRD[at(100)])
}

/// What it says beside the names.
pub struct Paper {
    pub document: Value,
    pub children: bool,
    pub score: i64,
    pub criteria: BTreeSet<String>,
}

/// The referral of this number about this pair, referred on a day; `previous` is the pair's earlier
/// referral, where the referrer says that it is a repeat.
pub fn paper(
    number: usize,
    pair: usize,
    referred_on: NaiveDate,
    previous: Option<NaiveDate>,
) -> Paper {
    let mut document = referral(&family_name(pair), &family_name(999 - pair));
    let year = 1960 + pair % 40;
    let born = |year: usize| format!("{year}-{:02}-{:02}", pair % 12 + 1, pair % 28 + 1);
    document["survivor"]["identity"]["date_of_birth"] = json!(born(year));
    document["perpetrators"][0]["identity"]["date_of_birth"] = json!(born(year - 4));
    // Nobody sounds like somebody else of the same year, and nobody lives by the same postcode: an exclusion
    // would follow in doubt.
    document["survivor"]["addresses"][0]["postcode"] =
        json!(format!("N{} {}AB", pair / 9 + 1, pair % 9));
    let given = |first: usize| format!("{}essa", char::from(b'A' + u8::try_from(first).unwrap()));
    document["survivor"]["identity"]["given_names"] = json!(given(pair / 40));
    document["perpetrators"][0]["identity"]["given_names"] = json!(given(13 + pair / 40));
    document["survivor"]["contacts"][0]["value"] = json!(format!("07700 9{pair:05}"));
    document["referred_on"] = json!(referred_on);
    let children = pair % 5 < 2;
    if !children {
        let fields = document.as_object_mut().unwrap();
        fields.remove("children");
        fields.remove("children_safeguarding");
        fields.insert("no_children".into(), json!(true));
    }
    let low = number % 4 == 3;
    let score = if low { 8 + number % 5 } else { 14 + number % 9 };
    let letters: String = (0..24)
        .map(|at| if at < score { 'Y' } else { 'N' })
        .collect();
    document["assessment"] = dash(&letters);
    document["assessment"]["assessed_on"] = json!(referred_on);
    let mut criteria = BTreeSet::new();
    let mut stated = json!({});
    if !low {
        criteria.insert("visible_high_risk".to_owned());
    }
    if low || number.is_multiple_of(13) {
        criteria.insert("professional_judgement".to_owned());
        stated["professional_judgement"] =
            json!("She says that he will kill her, and is believed.");
    }
    if number.is_multiple_of(11) {
        criteria.insert("potential_escalation".to_owned());
        stated["escalation_events"] = json!(3 + number % 4);
    }
    if let Some(previous) = previous {
        criteria.insert("repeat".to_owned());
        stated["repeat_previous_date"] = json!(previous);
    }
    document["criteria"] = stated;
    if number % 7 == 2 {
        document["awareness"] = json!({ "survivor_aware": true, "consent": "refused",
            "lawful_basis": "Her life is in danger." });
    }
    document["idva_referral"] = json!(if idva(number) { "made" } else { "declined" });
    Paper {
        document,
        children,
        score: i64::try_from(score).unwrap(),
        criteria,
    }
}

/// Whether the survivor was offered an IDVA and did not decline.
pub const fn idva(number: usize) -> bool {
    number % 10 < 7
}
