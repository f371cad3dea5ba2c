//! Changes to who somebody is, where they live and how they are reached: one field at a time, and
//! what is left out stays. A mark that guards an address or a contact falls only where it is sent.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use kernel::error::{Error, Result};
use kernel::http::{Change, Changes, Patch};
use practice::dates::{AnyDay, BirthDay};
use practice::party::{Address, AddressKind, Contact, ContactKind, Gender, Identity};
use practice::text::{Line, Text};
use practice::vocabulary::YesNoUnknown;

/// What changes of an identity.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct IdentityPatch {
    /// Family name as the person uses it. It can be cleared where `name_unknown` is said.
    #[serde(default)]
    #[schema(value_type = Option<Line<120>>)]
    family_name: Patch<Line<120>>,
    /// Given names, in order.
    #[serde(default)]
    #[schema(value_type = Option<Line<120>>)]
    given_names: Patch<Line<120>>,
    /// Said outright when nobody knows the name.
    #[serde(default)]
    #[schema(value_type = bool)]
    name_unknown: Change<bool>,
    /// Aliases, former names and spellings: the whole list.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(value_type = Option<Vec<Line<200>>>, max_items = 20)]
    aliases: Patch<Vec<Line<200>>>,
    /// Date of birth.
    #[serde(default)]
    #[schema(value_type = Option<BirthDay>)]
    date_of_birth: Patch<BirthDay>,
    /// The date is an estimate.
    #[serde(default)]
    #[schema(value_type = bool)]
    date_of_birth_estimated: Change<bool>,
    /// Other dates of birth in use: the whole list.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(value_type = Option<Vec<BirthDay>>, max_items = 10)]
    other_dates_of_birth: Patch<Vec<BirthDay>>,
    /// Gender. Where it is not known, say `unknown`.
    #[serde(default)]
    #[schema(value_type = Gender)]
    gender: Change<Gender>,
    /// School, for a child; occupation or employer, for an adult.
    #[serde(default)]
    #[schema(value_type = Option<Line<200>>)]
    school_or_occupation: Patch<Line<200>>,
}

impl IdentityPatch {
    /// The identity after the change. A family name, or `name_unknown`, is always there (SL7).
    pub fn apply(self, identity: &mut Identity) -> Result<Changes> {
        let Self {
            family_name,
            given_names,
            name_unknown,
            aliases,
            date_of_birth,
            date_of_birth_estimated,
            other_dates_of_birth,
            gender,
            school_or_occupation,
        } = self;
        let cleared = matches!(family_name, Patch::Null);
        let mut changes = Changes::default();
        changes.take("family_name", &mut identity.family_name, family_name);
        changes.take("given_names", &mut identity.given_names, given_names);
        changes.take("name_unknown", &mut identity.name_unknown, name_unknown);
        changes.take("aliases", &mut identity.aliases, aliases);
        changes.take("date_of_birth", &mut identity.date_of_birth, date_of_birth);
        changes.take(
            "date_of_birth_estimated",
            &mut identity.date_of_birth_estimated,
            date_of_birth_estimated,
        );
        changes.take(
            "other_dates_of_birth",
            &mut identity.other_dates_of_birth,
            other_dates_of_birth,
        );
        changes.take("gender", &mut identity.gender, gender);
        changes.take(
            "school_or_occupation",
            &mut identity.school_or_occupation,
            school_or_occupation,
        );
        let nameless = identity.family_name.is_none() && !identity.name_unknown;
        if nameless && !changes.is_empty() {
            let pointer = if cleared {
                "/family_name"
            } else {
                "/name_unknown"
            };
            return Err(Error::field(
                pointer,
                "family_name_or_unknown",
                "Give a family name, or say name_unknown.",
            ));
        }
        Ok(changes)
    }
}

/// What changes of an address.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AddressPatch {
    /// What it is to the person. An address that was a refuge stays confidential until
    /// `confidential` is sent as false.
    #[serde(default)]
    #[schema(value_type = AddressKind)]
    kind: Change<AddressKind>,
    /// Lines of the address, without the postcode.
    #[serde(default)]
    #[schema(value_type = Text<400>)]
    lines: Change<Text<400>>,
    /// Postcode.
    #[serde(default)]
    #[schema(value_type = Option<Line<10>>)]
    postcode: Patch<Line<10>>,
    /// Not to be given to anybody who is not named. A refuge is confidential whatever is sent.
    #[serde(default)]
    #[schema(value_type = bool)]
    confidential: Change<bool>,
    /// Whether the perpetrator knows it. Unknown counts as no.
    #[serde(default)]
    #[schema(value_type = YesNoUnknown)]
    known_to_perpetrator: Change<YesNoUnknown>,
    /// First day at the address.
    #[serde(default)]
    #[schema(value_type = Option<AnyDay>)]
    from: Patch<AnyDay>,
    /// Last day at the address.
    #[serde(default)]
    #[schema(value_type = Option<AnyDay>)]
    to: Patch<AnyDay>,
}

impl AddressPatch {
    /// The address after the change.
    pub fn apply(self, address: &mut Address) -> Changes {
        let Self {
            kind,
            lines,
            postcode,
            confidential,
            known_to_perpetrator,
            from,
            to,
        } = self;
        let mut changes = Changes::default();
        let guarded = address.is_confidential();
        changes.take("kind", &mut address.kind, kind);
        changes.take("lines", &mut address.lines, lines);
        changes.take("postcode", &mut address.postcode, postcode);
        let confidential = confidential.value().copied().unwrap_or(guarded);
        let confidential = confidential || address.kind == AddressKind::Refuge;
        changes.put(
            "confidential",
            &mut address.confidential,
            Some(confidential),
        );
        changes.take(
            "known_to_perpetrator",
            &mut address.known_to_perpetrator,
            known_to_perpetrator,
        );
        changes.take("from", &mut address.from, from);
        changes.take("to", &mut address.to, to);
        changes
    }
}

/// What changes of a contact.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ContactPatch {
    /// What it is.
    #[serde(default)]
    #[schema(value_type = ContactKind)]
    kind: Change<ContactKind>,
    /// Number, e-mail address, or the third party's name, relation and number.
    #[serde(default)]
    #[schema(value_type = Line<200>)]
    value: Change<Line<200>>,
    /// Safe to call.
    #[serde(default)]
    #[schema(value_type = bool)]
    safe_to_call: Change<bool>,
    /// Safe to text.
    #[serde(default)]
    #[schema(value_type = bool)]
    safe_to_text: Change<bool>,
    /// Safe to leave a voicemail.
    #[serde(default)]
    #[schema(value_type = bool)]
    safe_voicemail: Change<bool>,
    /// Call from a withheld number.
    #[serde(default)]
    #[schema(value_type = bool)]
    withheld_number: Change<bool>,
    /// Best times, code words, what to say if somebody else answers.
    #[serde(default)]
    #[schema(value_type = Option<Text<1000>>)]
    notes: Patch<Text<1000>>,
}

impl ContactPatch {
    /// The contact after the change.
    pub fn apply(self, contact: &mut Contact) -> Changes {
        let Self {
            kind,
            value,
            safe_to_call,
            safe_to_text,
            safe_voicemail,
            withheld_number,
            notes,
        } = self;
        let mut changes = Changes::default();
        changes.take("kind", &mut contact.kind, kind);
        changes.take("value", &mut contact.value, value);
        changes.take("safe_to_call", &mut contact.safe_to_call, safe_to_call);
        changes.take("safe_to_text", &mut contact.safe_to_text, safe_to_text);
        changes.take(
            "safe_voicemail",
            &mut contact.safe_voicemail,
            safe_voicemail,
        );
        changes.take(
            "withheld_number",
            &mut contact.withheld_number,
            withheld_number,
        );
        changes.take("notes", &mut contact.notes, notes);
        changes
    }
}
