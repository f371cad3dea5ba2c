//! What comes into a case opens nothing that is recorded there: an address is as guarded and a way to reach
//! somebody is as safe as all that is said of it, however each is written.

use uuid::Uuid;

use crate::dates::AnyDay;
use crate::likeness::{door, phone};
use crate::names::folded;
use crate::party::{Address, Contact};
use crate::vocabulary::YesNoUnknown;

impl Address {
    /// Whether nothing is said of the place in the other one that is not said here. Its guard is another
    /// matter.
    pub fn says_all_of(&self, other: &Self) -> bool {
        let day =
            |own: Option<AnyDay>, of_other: Option<AnyDay>| of_other.is_none() || own == of_other;
        self.is_same_place(other)
            && self.kind == other.kind
            && [self.known_to_perpetrator, YesNoUnknown::Unknown]
                .contains(&other.known_to_perpetrator)
            && day(self.from, other.from)
            && day(self.to, other.to)
    }

    /// Whether both may be the same place in other words: one door of one postcode, or lines of which one
    /// has all of the other's where a postcode is left out.
    pub fn is_alike(&self, other: &Self) -> bool {
        let [own, others] = [self, other].map(|one| folded(one.postcode.as_deref().unwrap_or("")));
        let lines = |one: &Self| folded(&one.lines);
        let at = |one: &Self| door(&one.lines, &own, folded);
        self.is_same_place(other)
            || match own.is_empty() || others.is_empty() {
                true => lines(self).contains(&lines(other)) || lines(other).contains(&lines(self)),
                false => own == others && at(self) == at(other),
            }
    }
}

impl Contact {
    /// Whether both reach somebody by the same number, address or person, however it is written.
    pub fn is_same_way(&self, other: &Self) -> bool {
        let number = |one: &Self| phone(&one.value);
        folded(&self.value) == folded(&other.value)
            || number(self).is_some() && number(self) == number(other)
    }

    /// Whether nothing is said of this way in the other one that is not said here. What is safe is another
    /// matter.
    pub fn says_all_of(&self, other: &Self) -> bool {
        self.is_same_way(other)
            && self.kind == other.kind
            && (other.notes.is_none() || self.notes == other.notes)
    }
}

/// Guards an address that comes into a case with these addresses, whoever's they are: where it is like a
/// guarded one; where nothing is said of its guard and any is guarded, which may be this one in other words;
/// and where it alone says of an open one that the perpetrator knows it, since that would show it to more
/// people.
pub fn guard(recorded: &[(Uuid, Address)], new: &mut Address) {
    let known = |address: &Address| address.known_to_perpetrator == YesNoUnknown::Yes;
    let mut guarded = recorded.iter().filter(|(_, old)| old.is_confidential());
    let open = recorded.iter().filter(|(_, old)| !old.is_confidential());
    let mut open_there = open.filter(|(_, old)| old.is_same_place(new)).peekable();
    let unsaid = new.confidential.is_none() && open_there.peek().is_none();
    let opens = known(new) && open_there.peek().is_some() && !open_there.any(|(_, old)| known(old));
    if opens || guarded.any(|(_, old)| unsaid || old.is_alike(new)) {
        new.confidential = Some(true);
    }
}

/// The addresses of a case that a guarded one guards, because they are like it.
pub fn guarded_by<'a>(
    recorded: &'a [(Uuid, Address)],
    new: &'a Address,
) -> impl Iterator<Item = Uuid> + 'a {
    let alike = recorded
        .iter()
        .filter(move |(_, old)| new.is_confidential() && old.is_alike(new));
    alike.map(|(id, _)| *id)
}

/// A way to reach somebody that is recorded already is no safer than it was said to be (R8).
pub fn make_safe(recorded: &[(Uuid, Contact)], new: &mut Contact) {
    let same: Vec<_> = recorded
        .iter()
        .filter(|(_, old)| old.is_same_way(new))
        .collect();
    for (_, old) in same {
        new.safe_to_call &= old.safe_to_call;
        new.safe_to_text &= old.safe_to_text;
        new.safe_voicemail &= old.safe_voicemail;
        new.withheld_number |= old.withheld_number;
    }
}
