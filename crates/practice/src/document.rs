//! A referral as it is sent: survivor, perpetrators, children, assessment, criteria and consent in
//! one request, so that nothing is keyed twice. It is kept whole and sealed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::dates::AnyDay;
use crate::party::{
    Address, Characteristics, Contact, Identity, RelationshipKind, guard_fell, keep_guards,
};
use crate::text::{self, Line, Text};
use crate::vocabulary;
use crate::vocabulary::YesNoUnknown;

vocabulary! {
    /// Whether the survivor agreed. Consent is preferred, never the basis (R6).
    Consent {
        Given = "given",
        Refused = "refused",
        NotSoughtUnsafe = "not_sought_unsafe",
        NotSoughtOther = "not_sought_other",
        Unknown = "unknown",
    }
}

vocabulary! {
    /// Where something that must be arranged stands (R9, R10).
    Arranged {
        Made = "made",
        Declined = "declined",
        AlreadyOpen = "already_open",
        NotMade = "not_made",
        Unknown = "unknown",
    }
}

/// The person the referral is about.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Survivor {
    /// Names, date of birth, gender.
    #[validate(nested)]
    pub identity: Identity,
    /// Protected characteristics and needs.
    #[serde(default)]
    #[validate(nested)]
    pub characteristics: Characteristics,
    /// Addresses; the current one decides the MARAC (R11).
    #[serde(default)]
    #[validate(nested, length(max = 20))]
    #[schema(max_items = 20)]
    pub addresses: Vec<Address>,
    /// Ways to reach the survivor; unsafe until said (R8).
    #[serde(default)]
    #[validate(nested, length(max = 20))]
    #[schema(max_items = 20)]
    pub contacts: Vec<Contact>,
}

/// Somebody causing harm.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Perpetrator {
    /// Names, date of birth, gender.
    #[validate(nested)]
    pub identity: Identity,
    /// What the perpetrator is to the survivor.
    pub relationship: RelationshipKind,
    /// Whether they live together.
    #[serde(default)]
    pub living_together: YesNoUnknown,
    /// Addresses.
    #[serde(default)]
    #[validate(nested, length(max = 20))]
    #[schema(max_items = 20)]
    pub addresses: Vec<Address>,
}

/// A child of the household.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Child {
    /// Names, date of birth, gender, school.
    #[validate(nested)]
    pub identity: Identity,
    /// Lives with the survivor.
    #[serde(default)]
    pub lives_with_survivor: YesNoUnknown,
    /// Lives with the perpetrator.
    #[serde(default)]
    pub lives_with_perpetrator: YesNoUnknown,
}

/// One answer of a risk tool.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AnswerIn {
    /// The item's id, as `GET /risk-tools` lists it (`q1` …).
    pub item: Line<40>,
    /// The answer.
    pub answer: crate::risk::Answer,
    /// Who answered, if not the survivor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Line<200>>,
    /// What was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<2000>>,
    /// Sub-options ticked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub options: Vec<Line<40>>,
}

/// A completed risk tool. The server scores it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AssessmentIn {
    /// The tool's id: `safelives_dash` …
    pub tool: Line<40>,
    /// Its version; the newest if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_version: Option<u16>,
    /// When it was done with the survivor.
    pub assessed_on: AnyDay,
    /// How it was done; unknown if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<crate::risk::AssessedHow>,
    /// The answers; items left out count as not asked.
    #[validate(nested, length(max = 100))]
    #[schema(max_items = 100)]
    pub answers: Vec<AnswerIn>,
    /// Anything else the practitioner weighs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text<4000>>,
}

/// Why the case is referred (R2). The server decides visible high risk from the score.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct CriteriaIn {
    /// The criteria the referrer ticks. Visible high risk and escalation are found from the facts too.
    #[validate(length(max = 4))]
    #[schema(max_items = 4)]
    pub claimed: Vec<crate::risk::Criterion>,
    /// Professional judgement: the concern in words. It raises, never lowers (R4).
    pub professional_judgement: Option<Text<4000>>,
    /// Events in the MARAC's escalation window, if escalation is claimed.
    #[validate(range(max = 1000))]
    pub escalation_events: Option<u32>,
    /// Of those, events reported to the police.
    #[validate(range(max = 1000))]
    pub escalation_police_reports: Option<u32>,
    /// The referrer knows of an earlier referral of the same pair: when it was heard (R2).
    pub repeat_previous_date: Option<AnyDay>,
    /// … or the earlier case's code.
    pub repeat_previous_case: Option<Line<20>>,
}

/// Whether the survivor knows and agrees, and the lawful basis where they do not (R6, R7).
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct AwarenessIn {
    /// The survivor has been told of the referral.
    pub survivor_aware: Option<bool>,
    /// Why not (R7).
    pub not_aware_reason: Option<Text<2000>>,
    /// Whether the survivor agreed.
    pub consent: Option<Consent>,
    /// Lawful basis and why sharing is necessary and proportionate, unless consent is given (R6).
    pub lawful_basis: Option<Text<4000>>,
}

/// What the survivor and the referrer say. On acceptance each becomes an entry of the account.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct AccountIn {
    /// What happened: the most recent incident and the history.
    pub what_happened: Option<Text<12000>>,
    /// Who else is affected.
    pub who_else_is_affected: Option<Text<4000>>,
    /// Who and what the survivor is afraid of.
    pub what_is_feared: Option<Text<4000>>,
    /// What the survivor wants.
    pub what_the_survivor_wants: Option<Text<4000>>,
    /// What has been tried, what is in place.
    pub what_has_been_tried: Option<Text<4000>>,
    /// What is needed now, and why several agencies.
    pub what_is_needed_now: Option<Text<4000>>,
    /// Who it is safe and unsafe to talk to, and other practical safety.
    pub practical_safety: Option<Text<4000>>,
}

/// The whole referral. A draft may lack any part; `missing` lists what submission still needs.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Document {
    /// Day of the referral; today if left out.
    pub referred_on: Option<AnyDay>,
    /// Contact at the referring agency: name, phone, e-mail.
    pub referrer_contact: Option<Text<400>>,
    /// The person the referral is about.
    #[validate(nested)]
    pub survivor: Option<Survivor>,
    /// Those causing harm: at least one, whose name may be unknown.
    #[validate(nested, length(max = 10))]
    #[schema(max_items = 10)]
    pub perpetrators: Vec<Perpetrator>,
    /// Children of the household.
    #[validate(nested, length(max = 30))]
    #[schema(max_items = 30)]
    pub children: Vec<Child>,
    /// Whether there are children: an empty list alone says nothing.
    pub no_children: bool,
    /// The risk assessment.
    #[validate(nested)]
    pub assessment: Option<AssessmentIn>,
    /// Why the case is referred.
    #[validate(nested)]
    pub criteria: CriteriaIn,
    /// Awareness and consent.
    #[validate(nested)]
    pub awareness: AwarenessIn,
    /// The account, told once.
    #[validate(nested)]
    pub account: AccountIn,
    /// Referral to an IDVA (R9).
    pub idva_referral: Option<Arranged>,
    /// Children's safeguarding referral (R10).
    pub children_safeguarding: Option<Arranged>,
    /// Other MARACs the case has been referred to, where and when.
    pub other_maracs: Option<Text<1000>>,
}

impl Document {
    /// Every address in it.
    fn addresses(&self) -> Vec<Address> {
        let survivor = self.survivor.iter().flat_map(|one| &one.addresses);
        let perpetrators = self.perpetrators.iter();
        let all = survivor.chain(perpetrators.flat_map(|one| &one.addresses));
        all.cloned().collect()
    }

    /// Whether it says of an address that was confidential before that it is not.
    pub fn opens(&self, before: &Self) -> bool {
        guard_fell(&before.addresses(), &self.addresses())
    }

    /// Every address in it, to change it.
    fn addresses_mut(&mut self) -> impl Iterator<Item = &mut Address> {
        let survivor = self.survivor.iter_mut().flat_map(|one| &mut one.addresses);
        let perpetrators = self.perpetrators.iter_mut();
        survivor.chain(perpetrators.flat_map(|one| &mut one.addresses))
    }

    /// Whether both say the same.
    pub fn is_same(&self, other: &Self) -> serde_json::Result<bool> {
        Ok(serde_json::to_value(self)? == serde_json::to_value(other)?)
    }

    /// No address becomes less guarded than in the document before by leaving its mark out.
    pub fn keep_guards(&mut self, before: &Self) {
        if before.referrer_contact.as_deref() == Some(text::UNREADABLE) {
            // Nobody can say which were guarded.
            let unsaid = self.addresses_mut();
            for address in unsaid.filter(|one| one.confidential.is_none()) {
                address.confidential = Some(true);
            }
        }
        keep_guards(&before.addresses(), self.addresses_mut());
    }

    /// Leaves out refuges and confidential addresses.
    pub fn withhold_confidential_addresses(&mut self) {
        let open = |address: &Address| !address.is_confidential();
        if let Some(survivor) = &mut self.survivor {
            survivor.addresses.retain(open);
        }
        for perpetrator in &mut self.perpetrators {
            perpetrator.addresses.retain(open);
        }
    }
}
