//! What a referral needs (R1–R10), and what may become of it. Pure: no SQL, no HTTP, no clock.

use chrono::NaiveDate;

use super::ReferralStatus;
use super::advice::advice;
use kernel::error::FieldError;
use practice::advice::AdviceGiven;
use practice::dates::NotBefore;
use practice::document::{AssessmentIn, Consent, Document};
use practice::marac::settings::MaracSettings;
use practice::risk::{
    AnswerErrorCode, Criteria, CriteriaClaims, CriteriaError, CriteriaFinding, Criterion,
    GivenAnswer, Score, Tools,
};

/// What the server finds in a document.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// What submission still needs, or what is wrong in itself.
    pub missing: Vec<FieldError>,
    /// The score, if an assessment came that could be scored.
    pub score: Option<Score>,
    /// On which criteria it stands.
    pub finding: Option<CriteriaFinding>,
    /// What to know.
    pub advice: Vec<AdviceGiven>,
    /// Criteria that an older record names without their ground.
    pub recorded: Criteria,
}

impl Checked {
    /// The criteria met.
    pub fn criteria(&self) -> Criteria {
        let found = self.finding.as_ref().map(CriteriaFinding::criteria);
        found
            .iter()
            .flat_map(Criteria::iter)
            .chain(self.recorded.iter())
            .collect()
    }
}

/// Reads a document against the rules. `prefix` is where it stands in the request.
pub fn check(
    document: &Document,
    tools: &Tools,
    settings: &MaracSettings,
    today: NaiveDate,
    prefix: &str,
) -> Checked {
    let referred_on = document.referred_on.map_or(today, NaiveDate::from);
    let mut checked = Checked::default();
    let mut need = Needs {
        prefix,
        missing: &mut checked.missing,
    };
    need.people(document);
    need.awareness(document);
    need.unless(
        referred_on > today,
        "referred_on",
        "in_the_future",
        "This day has not come yet.",
    );
    need.born_before(document, referred_on);
    need.days_of_addresses(document);
    need.there(document.referrer_contact.is_some(), "referrer_contact");
    need.there(
        document.account.what_happened.is_some(),
        "account/what_happened",
    );
    need.there(document.idva_referral.is_some(), "idva_referral");
    checked.score = need.score(document, tools, today);
    let claims = claims(document, referred_on);
    match practice::risk::criteria(&claims, checked.score.as_ref(), &settings.criteria()) {
        Ok(finding) => checked.finding = Some(finding),
        Err(errors) => {
            // Where the assessment itself is refused, what it would have shown is not asked for too.
            let unread = document.assessment.is_some() && checked.score.is_none();
            let asked = errors
                .iter()
                .filter(|e| !(unread && **e == CriteriaError::CriterionMissing));
            asked.for_each(|error| need.criterion(*error));
        }
    }
    checked.advice = advice(document, settings, referred_on, prefix);
    checked
}

/// What the referrer claims, in the terms of the risk rules.
pub fn claims(document: &Document, referred_on: NaiveDate) -> CriteriaClaims<'_> {
    let given = &document.criteria;
    let implied = [
        (
            given.professional_judgement.is_some(),
            Criterion::ProfessionalJudgement,
        ),
        (
            given.escalation_events.is_some(),
            Criterion::PotentialEscalation,
        ),
        (
            given.repeat_previous_date.is_some() || given.repeat_previous_case.is_some(),
            Criterion::Repeat,
        ),
    ];
    let implied = implied
        .into_iter()
        .filter(|(there, _)| *there)
        .map(|(_, criterion)| criterion);
    CriteriaClaims {
        referred_on,
        criteria: given.claimed.iter().copied().chain(implied).collect(),
        rationale: given.professional_judgement.as_deref(),
        events: &[],
        stated_events: given
            .escalation_events
            .and_then(|count| u16::try_from(count).ok()),
        previous_on: given.repeat_previous_date.map(Into::into),
        previous_case: given.repeat_previous_case.as_deref(),
    }
}

/// The answers of an assessment as the risk rules take them.
pub fn given(assessment: &AssessmentIn) -> Vec<GivenAnswer<'_>> {
    let answers = assessment.answers.iter();
    let given = answers.map(|one| GivenAnswer {
        item: &one.item,
        answer: one.answer,
        options: &one.options,
    });
    given.collect()
}

struct Needs<'a> {
    prefix: &'a str,
    missing: &'a mut Vec<FieldError>,
}

impl Needs<'_> {
    fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.prefix)
    }

    fn there(&mut self, there: bool, path: &str) {
        if !there {
            self.missing.push(FieldError::required(self.at(path)));
        }
    }

    fn unless(&mut self, wrong: bool, path: &str, code: &str, message: &str) {
        if wrong {
            self.missing
                .push(FieldError::new(self.at(path), code, message));
        }
    }

    fn people(&mut self, document: &Document) {
        self.there(document.survivor.is_some(), "survivor");
        self.there(!document.perpetrators.is_empty(), "perpetrators");
        let children = !document.children.is_empty();
        self.unless(
            !children && !document.no_children,
            "children",
            "children_or_none",
            "List the children, or say no_children.",
        );
        self.unless(
            children && document.no_children,
            "no_children",
            "contradiction",
            "Children are listed.",
        );
        // R10: whoever names children says where their safeguarding referral stands.
        self.there(
            !children || document.children_safeguarding.is_some(),
            "children_safeguarding",
        );
    }

    /// Nobody is referred or assessed before birth.
    fn born_before(&mut self, document: &Document, referred_on: NaiveDate) {
        let survivor = document.survivor.as_ref();
        let born = survivor.and_then(|s| s.identity.date_of_birth);
        let assessed_on = document.assessment.as_ref().map(|a| a.assessed_on.day());
        let days = [
            ("referred_on", Some(referred_on)),
            ("assessment/assessed_on", assessed_on),
        ];
        for (path, day) in days {
            let order = day.map(|day| NotBefore {
                day,
                other: born.map(Into::into),
            });
            let wrong = order.is_some_and(|order| !order.holds());
            let message = "This day lies before the survivor's birth.";
            self.unless(wrong, path, "before_birth", message);
        }
    }

    fn days_of_addresses(&mut self, document: &Document) {
        let survivor = document.survivor.iter();
        let survivor = survivor.map(|s| ("survivor".to_owned(), &s.addresses));
        let perpetrators = document.perpetrators.iter().enumerate();
        let perpetrators = perpetrators.map(|(n, p)| (format!("perpetrators/{n}"), &p.addresses));
        for (whose, addresses) in survivor.chain(perpetrators) {
            for (number, address) in addresses.iter().enumerate() {
                let path = format!("{whose}/addresses/{number}/to");
                let wrong = !address.has_days_in_order();
                self.unless(wrong, &path, "before_from", "Give a day not before `from`.");
            }
        }
    }

    fn awareness(&mut self, document: &Document) {
        let awareness = &document.awareness;
        self.there(
            awareness.survivor_aware.is_some(),
            "awareness/survivor_aware",
        );
        // R7
        let told = awareness.survivor_aware != Some(false);
        self.there(
            told || awareness.not_aware_reason.is_some(),
            "awareness/not_aware_reason",
        );
        self.there(awareness.consent.is_some(), "awareness/consent");
        // R6
        let agreed = matches!(awareness.consent, None | Some(Consent::Given));
        self.there(
            agreed || awareness.lawful_basis.is_some(),
            "awareness/lawful_basis",
        );
    }

    fn score(&mut self, document: &Document, tools: &Tools, today: NaiveDate) -> Option<Score> {
        let assessment = document.assessment.as_ref()?;
        self.unless(
            assessment.assessed_on > today,
            "assessment/assessed_on",
            "in_the_future",
            "This day has not come yet.",
        );
        let tool = match assessment.tool_version {
            Some(version) => tools.get(&assessment.tool, version),
            None => tools.latest(&assessment.tool),
        };
        let Some(tool) = tool else {
            self.unless(
                true,
                "assessment/tool",
                "unknown_tool",
                "GET /risk-tools lists the tools.",
            );
            return None;
        };
        match practice::risk::score(tool, &given(assessment)) {
            Ok(score) => Some(score),
            Err(errors) => {
                for error in errors {
                    let field = match error.code {
                        AnswerErrorCode::UnknownOption => "options",
                        AnswerErrorCode::AnswerNotOffered => "answer",
                        _ => "item",
                    };
                    let path = format!("assessment/answers/{}/{field}", error.index);
                    self.unless(
                        true,
                        &path,
                        error.code.as_str(),
                        "The tool does not have this.",
                    );
                }
                None
            }
        }
    }

    fn criterion(&mut self, error: CriteriaError) {
        let (path, message) = match error {
            CriteriaError::CriterionMissing => (
                "criteria",
                "At least one criterion is needed: the score alone does not reach one.",
            ),
            CriteriaError::RationaleMissing => (
                "criteria/professional_judgement",
                "Say the concern in words.",
            ),
            CriteriaError::EventsMissing => ("criteria/escalation_events", "Say how many events."),
            CriteriaError::PreviousMissing => (
                "criteria/repeat_previous_date",
                "Give the earlier date, or the earlier case's code.",
            ),
            CriteriaError::PreviousNotEarlier => (
                "criteria/repeat_previous_date",
                "The earlier date is not earlier.",
            ),
            CriteriaError::AssessmentMissing => (
                "assessment",
                "Only judgement and repeats do without an assessment.",
            ),
        };
        self.unless(true, path, &error.to_string(), message);
    }
}

/// What somebody wants of a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Change its document.
    Edit,
    /// Send it in, for the first time or again.
    Submit,
    /// Send it back with reasons.
    Return,
    /// Open or join a case.
    Accept,
    /// Decline it.
    Decline,
    /// Take it back.
    Withdraw,
    /// Challenge a refusal.
    Challenge,
}

/// The state after a command, or the named reason why not.
pub fn decide(
    state: ReferralStatus,
    command: Command,
    challenged: bool,
) -> Result<ReferralStatus, &'static str> {
    use Command as C;
    use ReferralStatus as S;
    match (state, command) {
        (S::Draft | S::Returned, C::Edit) => Ok(state),
        (S::Draft | S::Returned, C::Submit) => Ok(S::Submitted),
        (S::Submitted, C::Return) => Ok(S::Returned),
        (S::Submitted, C::Accept) => Ok(S::Accepted),
        // R3: a challenge that convinces is an acceptance.
        (S::NotAccepted, C::Accept) if challenged => Ok(S::Accepted),
        (S::Submitted, C::Decline) => Ok(S::NotAccepted),
        (S::Draft | S::Submitted | S::Returned, C::Withdraw) => Ok(S::Withdrawn),
        (S::NotAccepted, C::Challenge) if !challenged => Ok(S::NotAccepted),
        (S::NotAccepted, C::Challenge) => Err("already_challenged"),
        (S::NotAccepted, C::Accept) => Err("not_challenged"),
        (S::Withdrawn, _) => Err("referral_withdrawn"),
        (S::Accepted, _) => Err("referral_accepted"),
        (S::Submitted, C::Submit | C::Edit) => Err("referral_submitted"),
        (S::Draft, _) => Err("referral_is_a_draft"),
        (S::Returned, _) => Err("referral_is_returned"),
        (_, C::Challenge) => Err("not_declined"),
        (S::NotAccepted, _) => Err("referral_not_accepted"),
    }
}
