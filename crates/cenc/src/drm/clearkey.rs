//! ClearKey: keys as a server gives them, without protection.
//!
//! Players build their request from `default_KID`, so nothing stands in boxes; a manifest names
//! the server as `dashif:Laurl`.

/// `e2719d58-a985-b3c9-781a-b030af78d30e`, of DASH-IF.
pub const SYSTEM_ID: [u8; 16] =
    *b"\xe2\x71\x9d\x58\xa9\x85\xb3\xc9\x78\x1a\xb0\x30\xaf\x78\xd3\x0e";
