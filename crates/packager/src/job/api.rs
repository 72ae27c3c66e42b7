//! The packaging API's job as JSON.

use super::JobError;

/// Longest job and storage name, in bytes.
pub const MAX_NAME_BYTES: usize = 50;

/// Checks a name shown to people: 1 to `max_bytes` bytes without control characters.
pub(crate) fn check_name(field: &str, name: &str, max_bytes: usize) -> Result<(), JobError> {
    if name.is_empty() || name.len() > max_bytes {
        let value = format!("{} bytes long", name.len());
        return Err(JobError::value(
            field,
            value,
            format!("1 to {max_bytes} bytes"),
        ));
    }
    if name.contains(char::is_control) {
        let value = format!("{name:?}");
        return Err(JobError::value(
            field,
            value,
            "text without control characters",
        ));
    }
    Ok(())
}
