//! Referrals: the act of sending a case in, from draft to decision.

pub mod document;
