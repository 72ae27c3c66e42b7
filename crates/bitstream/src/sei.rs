//! Supplemental enhancement information, as messages of a type and bytes.

use std::borrow::Cow;

use crate::Error;
use crate::bits::BitReader;
use crate::nal;

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeiMessage<'a> {
    /// `payloadType`.
    pub payload_type: u32,
    /// Its bytes, without emulation prevention.
    pub payload: &'a [u8],
}

/// The messages of a unit; [`iter`](Self::iter) walks them.
#[derive(Clone, Debug)]
pub struct SeiMessages<'a> {
    rbsp: Cow<'a, [u8]>,
    header: usize,
}

impl<'a> SeiMessages<'a> {
    /// Of an H.264 unit of type 6, with its header.
    pub fn h264(nal: &'a [u8]) -> Self {
        SeiMessages {
            rbsp: nal::unescape(nal),
            header: 1,
        }
    }

    /// Of an HEVC unit of type 39 or 40, with its header.
    pub fn hevc(nal: &'a [u8]) -> Self {
        SeiMessages {
            rbsp: nal::unescape(nal),
            header: 2,
        }
    }

    /// The messages in order; ends after the first error.
    pub fn iter(&self) -> impl Iterator<Item = Result<SeiMessage<'_>, Error>> {
        let mut at = self.header;
        std::iter::from_fn(move || {
            let rest = self.rbsp.get(at..).unwrap_or_default();
            // A stop bit and padding, or nothing, end the messages.
            if rest.is_empty() || rest.iter().all(|byte| *byte == 0) || is_trailing(rest) {
                return None;
            }
            let message = self.read(at);
            at = message.as_ref().map_or(self.rbsp.len(), |(_, next)| *next);
            Some(message.map(|(message, _)| message))
        })
    }

    fn read(&self, at: usize) -> Result<(SeiMessage<'_>, usize), Error> {
        let rest = self.rbsp.get(at..).unwrap_or_default();
        let mut r = BitReader::new("sei_message", rest);
        let bit = |r: &BitReader| at as u64 * 8 + r.position();
        let payload_type = number(&mut r, "payload_type_byte")?;
        let (bit, size) = (bit(&r), number(&mut r, "payload_size_byte")?);
        let from = at + (r.position() / 8) as usize;
        let needs = u64::from(size);
        let left = (self.rbsp.len() - from) as u64;
        let end = usize::try_from(size)
            .ok()
            .and_then(|size| from.checked_add(size));
        match end.and_then(|end| Some((self.rbsp.get(from..end)?, end))) {
            Some((payload, end)) => Ok((
                SeiMessage {
                    payload_type,
                    payload,
                },
                end,
            )),
            None => Err(Error::Truncated {
                structure: "sei_message",
                bit,
                element: "sei_payload",
                needs: needs * 8,
                left: left * 8,
            }),
        }
    }
}

fn is_trailing(rest: &[u8]) -> bool {
    matches!(rest, [0x80, zeros @ ..] if zeros.iter().all(|byte| *byte == 0))
}

/// Bytes of 255 and a last one that is less, added up.
fn number(r: &mut BitReader, element: &'static str) -> Result<u32, Error> {
    let mut sum = 0u32;
    loop {
        let byte = r.byte(element)?;
        sum = sum.saturating_add(byte.into());
        if byte != 255 {
            return Ok(sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_walked_and_the_stop_bit_ends_them() {
        let nal = [0x06, 5, 3, 1, 2, 3, 255, 1, 2, 0, 0, 3, 0x80];
        let messages = SeiMessages::h264(&nal);
        let found: Vec<_> = messages.iter().map(Result::unwrap).collect();
        assert_eq!(
            found[0],
            SeiMessage {
                payload_type: 5,
                payload: &[1, 2, 3]
            }
        );
        assert_eq!(
            found[1],
            SeiMessage {
                payload_type: 256,
                payload: &[0, 0]
            }
        );
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_message_longer_than_its_unit_is_an_error_once() {
        let messages = SeiMessages::h264(&[0x06, 4, 9, 1, 2]);
        let found: Vec<_> = messages.iter().collect();
        assert_eq!(found.len(), 1);
        let text = "sei_message at bit 16: sei_payload: needs 72 bits, 16 left";
        assert_eq!(found[0].as_ref().unwrap_err().to_string(), text);
    }
}
