//! Who leads a case.

/// What decides whether somebody is a case's lead.
#[derive(Debug, Clone, Copy, Default)]
pub struct LeadFacts {
    /// A person was made the lead, and whether it is the reader.
    pub person: Option<bool>,
    /// An agency was, and whether it is the reader's.
    pub agency: Option<bool>,
    /// The case is allocated to an IDVA service.
    pub allocated: bool,
    /// The reader is an IDVA of that service.
    pub idva: bool,
    /// The reader referred.
    pub referrer: bool,
}

/// The lead is who was made it; else the IDVA; else the referrer.
pub fn leads(facts: LeadFacts) -> bool {
    match (facts.person, facts.agency) {
        (Some(me), _) => me,
        (None, Some(ours)) => ours,
        (None, None) if facts.allocated => facts.idva,
        (None, None) => facts.referrer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lead_is_named_or_the_idva_or_the_referrer() {
        let facts = |person, agency, allocated, idva, referrer| LeadFacts {
            person,
            agency,
            allocated,
            idva,
            referrer,
        };
        for (facts, expected) in [
            (facts(Some(true), Some(false), true, false, false), true),
            (facts(Some(false), Some(true), true, true, true), false),
            (facts(None, Some(true), true, false, false), true),
            (facts(None, Some(false), true, true, true), false),
            (facts(None, None, true, true, false), true),
            (facts(None, None, true, false, true), false),
            (facts(None, None, false, false, true), true),
            (facts(None, None, false, false, false), false),
        ] {
            assert_eq!(leads(facts), expected, "{facts:?}");
        }
    }
}
