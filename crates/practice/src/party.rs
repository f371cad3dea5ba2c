//! What is known of a person in one case: identity, characteristics, addresses, contacts.
//! Each group is sealed, versioned and seen on its own (design section 3, lens).

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::dates::{AnyDay, BirthDay};
use crate::names::folded;
use crate::text::{Line, Text};
use crate::vocabulary;
use crate::vocabulary::YesNoUnknown;

vocabulary! {
    /// The part somebody plays in a case.
    PartyRole {
        Survivor = "survivor",
        Perpetrator = "perpetrator",
        Child = "child",
        OtherAdult = "other_adult",
    }
}

vocabulary! {
    /// Gender as the person gives it; trans status is kept apart.
    #[derive(Default)]
    Gender {
        Female = "female",
        Male = "male",
        Other = "other",
        #[default]
        Unknown = "unknown",
    }
}

vocabulary! {
    /// The 19 groups of the 2021 census, and unknown (domain 3.4).
    #[derive(Default)]
    Ethnicity {
        AsianBangladeshi = "asian_bangladeshi",
        AsianChinese = "asian_chinese",
        AsianIndian = "asian_indian",
        AsianPakistani = "asian_pakistani",
        AsianOther = "asian_other",
        BlackAfrican = "black_african",
        BlackCaribbean = "black_caribbean",
        BlackOther = "black_other",
        MixedAsianWhite = "mixed_asian_white",
        MixedBlackAfricanWhite = "mixed_black_african_white",
        MixedBlackCaribbeanWhite = "mixed_black_caribbean_white",
        MixedOther = "mixed_other",
        WhiteBritish = "white_british",
        WhiteGypsyTraveller = "white_gypsy_traveller",
        WhiteIrish = "white_irish",
        WhiteRoma = "white_roma",
        WhiteOther = "white_other",
        Arab = "arab",
        Other = "other",
        #[default]
        Unknown = "unknown",
    }
}

vocabulary! {
    /// How somebody stands to somebody else: the statutory "personally connected" list and the
    /// child's relations (domain 3.5).
    RelationshipKind {
        CurrentPartner = "current_partner",
        ExPartner = "ex_partner",
        Spouse = "spouse",
        ExSpouse = "ex_spouse",
        CivilPartner = "civil_partner",
        ExCivilPartner = "ex_civil_partner",
        Parent = "parent",
        StepParent = "step_parent",
        AdultChild = "adult_child",
        Child = "child",
        StepChild = "step_child",
        Sibling = "sibling",
        Grandparent = "grandparent",
        Grandchild = "grandchild",
        InLaw = "in_law",
        OtherRelative = "other_relative",
        SharedParentalResponsibility = "shared_parental_responsibility",
        Unknown = "unknown",
    }
}

vocabulary! {
    /// What an address is to the person.
    AddressKind {
        Current = "current",
        Usual = "usual",
        Previous = "previous",
        Refuge = "refuge",
    }
}

vocabulary! {
    /// How the person can be reached.
    ContactKind {
        Phone = "phone",
        Email = "email",
        ThirdParty = "third_party",
    }
}

/// The most aliases and other dates of birth of somebody, as an identity is held to when it is sent.
const ALIASES: usize = 20;
const OTHER_DATES_OF_BIRTH: usize = 10;

/// Names and date of birth. At least a family name, or `name_unknown` (SL7).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "named"))]
pub struct Identity {
    /// Family name as the person uses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<Line<120>>,
    /// Given names, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_names: Option<Line<120>>,
    /// Said outright when nobody knows the name.
    #[serde(default)]
    pub name_unknown: bool,
    /// Aliases, former names and spellings: agencies search on them.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub aliases: Vec<Line<200>>,
    /// Date of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_of_birth: Option<BirthDay>,
    /// The date is an estimate.
    #[serde(default)]
    pub date_of_birth_estimated: bool,
    /// Other dates of birth in use.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub other_dates_of_birth: Vec<BirthDay>,
    /// Gender.
    #[serde(default = "gender_unknown")]
    pub gender: Gender,
    /// School, for a child; occupation or employer, for an adult.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school_or_occupation: Option<Line<200>>,
}

fn gender_unknown() -> Gender {
    Gender::Unknown
}

fn named(identity: &Identity) -> Result<(), ValidationError> {
    if identity.family_name.is_none() && !identity.name_unknown {
        return Err(ValidationError::new("family_name_or_unknown"));
    }
    Ok(())
}

/// Protected characteristics and needs. Unknown unless said (R38).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Characteristics {
    /// Census group.
    pub ethnicity: Ethnicity,
    /// Disabled within the meaning of the Equality Act 2010.
    pub disabled: YesNoUnknown,
    /// Lesbian, gay, bisexual, trans or other.
    pub lgbt: YesNoUnknown,
    /// Pregnant, or a baby under 18 months.
    pub pregnant_or_baby: YesNoUnknown,
    /// No recourse to public funds.
    pub no_recourse_to_public_funds: YesNoUnknown,
    /// Language spoken.
    pub language: Option<Line<80>>,
    /// An interpreter is needed (never a relative).
    pub interpreter: YesNoUnknown,
    /// Religion or belief.
    pub religion: Option<Line<80>>,
    /// Care, support, health and communication needs, in words.
    pub needs: Option<Text<4000>>,
}

/// An address. Refuge and confidential ones reach only coordinator, chair, IDVA and whoever an
/// action's `needs` names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// What it is to the person.
    pub kind: AddressKind,
    /// Lines of the address, without the postcode.
    pub lines: Text<400>,
    /// Postcode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<Line<10>>,
    /// Not to be given to anybody who is not named. A refuge always is. Where a referral is written
    /// anew and this is left out, an address stays as guarded as it was.
    #[serde(
        default,
        deserialize_with = "said",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = bool)]
    pub confidential: Option<bool>,
    /// Whether the perpetrator knows it. Unknown counts as no.
    #[serde(default)]
    pub known_to_perpetrator: YesNoUnknown,
    /// First day at the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<AnyDay>,
    /// Last day at the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<AnyDay>,
}

/// A mark that was sent: null is refused.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    bool::deserialize(deserializer).map(Some)
}

impl Address {
    /// A refuge is confidential whatever was ticked.
    pub fn is_confidential(&self) -> bool {
        self.confidential == Some(true) || self.kind == AddressKind::Refuge
    }

    /// Whether its last day is not before its first.
    pub fn has_days_in_order(&self) -> bool {
        self.from.zip(self.to).is_none_or(|(from, to)| from <= to)
    }

    /// Whether both are the same place, however it is written.
    pub fn is_same_place(&self, other: &Self) -> bool {
        let place = |address: &Self| plain_place(&address.lines, address.postcode.as_deref());
        place(self) == place(other)
    }
}

/// An address as it is compared: letters and digits alone, lower case.
fn plain_place(lines: &str, postcode: Option<&str>) -> String {
    folded(&format!("{lines}{}", postcode.unwrap_or("")))
}

/// Where addresses are written anew, no guard falls by being left out: one without a mark takes that
/// of the same place before. One that is new takes the guard of a guarded one that is gone, in whose
/// place it may stand.
pub fn keep_guards<'a>(before: &[Address], now: impl IntoIterator<Item = &'a mut Address>) {
    let mut now: Vec<_> = now.into_iter().collect();
    let is_gone = |was: &&Address| !now.iter().any(|is| is.is_same_place(was));
    let guarded_is_gone = before.iter().filter(is_gone).any(Address::is_confidential);
    for address in now.iter_mut().filter(|one| one.confidential.is_none()) {
        let mut same = before
            .iter()
            .filter(|was| was.is_same_place(address))
            .peekable();
        let guarded = match same.peek() {
            Some(_) => same.any(Address::is_confidential),
            None => guarded_is_gone,
        };
        address.confidential = Some(guarded || address.kind == AddressKind::Refuge);
    }
}

/// A way to reach somebody, and what is safe. Everything is unsafe until said (R8).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// What it is.
    pub kind: ContactKind,
    /// Number, e-mail address, or the third party's name, relation and number.
    pub value: Line<200>,
    /// Safe to call.
    #[serde(default)]
    pub safe_to_call: bool,
    /// Safe to text.
    #[serde(default)]
    pub safe_to_text: bool,
    /// Safe to leave a voicemail.
    #[serde(default)]
    pub safe_voicemail: bool,
    /// Call from a withheld number.
    #[serde(default = "yes")]
    pub withheld_number: bool,
    /// Best times, code words, what to say if somebody else answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text<1000>>,
}

fn yes() -> bool {
    true
}

impl Contact {
    /// Whether it is the person's own: a third party's, such as a worker's, is many people's.
    pub fn is_own(&self) -> bool {
        self.kind != ContactKind::ThirdParty
    }
}

/// Whether a guarded address stands there unguarded now.
pub fn guard_fell(before: &[Address], now: &[Address]) -> bool {
    let guarded = before.iter().filter(|was| was.is_confidential());
    let mut open = now.iter().filter(|is| !is.is_confidential());
    let guarded: Vec<_> = guarded.collect();
    open.any(|is| guarded.iter().any(|was| was.is_same_place(is)))
}

impl Identity {
    /// Given names and family name, if any is known.
    pub fn full_name(&self) -> Option<String> {
        let parts: Vec<&str> = [&self.given_names, &self.family_name]
            .into_iter()
            .flatten()
            .map(Line::as_str)
            .collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// Family name, given names and date of birth as matching compares them. `None` unless all three
    /// are known: a name alone names many.
    pub fn exact(&self) -> Option<[String; 3]> {
        self.exact_by(folded)
    }

    /// The same by a certain folding of names.
    pub fn exact_by(&self, fold: fn(&str) -> String) -> Option<[String; 3]> {
        let family = fold(self.family_name.as_deref()?);
        let given = fold(self.given_names.as_deref()?);
        let born = self.date_of_birth?.to_string();
        (!family.is_empty() && !given.is_empty()).then_some([family, given, born])
    }

    /// Whether what was corrected of `old` is kept: its name as an alias, or its date of birth as another one
    /// of the same name.
    pub fn keeps(&self, old: &Self) -> bool {
        let Some(name) = old.full_name().map(|name| folded(&name)) else {
            return false;
        };
        let is_same = self.full_name().is_some_and(|own| folded(&own) == name);
        let born = old.date_of_birth;
        let is_born = born.is_some_and(|born| self.other_dates_of_birth.contains(&born));
        is_same && is_born || self.aliases.iter().any(|alias| folded(alias) == name)
    }

    /// Keeps the names and the date of birth of `other` beside one's own, as far as the lists have room.
    pub fn keep_beside(&mut self, other: &Self) {
        let whole = other.full_name().map(Line::as_stored);
        for name in whole.iter().chain(&other.aliases) {
            let is_name = |known: &str| folded(known) == folded(name);
            let is_known = self.full_name().is_some_and(|known| is_name(&known))
                || self.aliases.iter().any(|known| is_name(known));
            if !is_known && self.aliases.len() < ALIASES {
                self.aliases.push(name.clone());
            }
        }
        let born = other
            .date_of_birth
            .iter()
            .chain(&other.other_dates_of_birth);
        for born in born {
            let others = &mut self.other_dates_of_birth;
            if self.date_of_birth.is_none() {
                self.date_of_birth = Some(*born);
            } else if self.date_of_birth != Some(*born)
                && !others.contains(born)
                && others.len() < OTHER_DATES_OF_BIRTH
            {
                others.push(*born);
            }
        }
    }
}
