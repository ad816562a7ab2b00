//! The audit trail as code.
