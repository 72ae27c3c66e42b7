//! The address of a server.

use std::fmt;

use ureq::http::Uri;

use super::SpekeError;

/// An address, `http` or `https`. What it shows are scheme, host and port: user information, values
/// of a query and parts of the path may be secrets; there are servers whose path ends in a token.
#[derive(Clone, PartialEq, Eq)]
pub struct SpekeUrl(Uri);

/// Shortest part of a path that is taken for a token, in characters.
const LEAST_TOKEN: usize = 12;

impl SpekeUrl {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// [`SpekeError::Url`], which does not repeat it.
    pub fn parse(text: &str) -> Result<SpekeUrl, SpekeError> {
        let uri: Uri = text.trim().parse().map_err(|_| SpekeError::Url)?;
        let is_known = matches!(uri.scheme_str(), Some("http" | "https"));
        let has_host = uri.host().is_some_and(|host| !host.is_empty());
        match is_known && has_host {
            true => Ok(SpekeUrl(uri)),
            false => Err(SpekeError::Url),
        }
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.0
    }

    /// Whether it is spoken to with TLS.
    pub(super) fn is_tls(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    /// Whether keys leave the machine in the clear.
    pub(super) fn is_open(&self) -> bool {
        !self.is_tls() && !self.is_local()
    }

    /// Whether the server is this machine.
    pub(super) fn is_local(&self) -> bool {
        let local = ["localhost", "127.0.0.1", "[::1]", "::1"];
        self.0.host().is_some_and(|host| local.contains(&host))
    }

    /// What must not be shown: user information, the values of the query, and long parts of the path.
    pub(super) fn secrets(&self) -> Vec<&str> {
        let authority = self.0.authority().map_or("", |each| each.as_str());
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        let user = user.into_iter().flat_map(|user| user.split(':'));
        let query = self.0.query().unwrap_or_default().split('&');
        let values = query.map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value));
        let parts = self.0.path().split('/');
        let parts = parts.filter(|part| part.len() >= LEAST_TOKEN);
        let all = user.chain(values).chain(parts);
        all.filter(|each| !each.is_empty()).collect()
    }
}

impl fmt::Display for SpekeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.scheme_str().unwrap_or_default();
        write!(f, "{scheme}://{}", self.0.host().unwrap_or_default())?;
        if let Some(port) = self.0.port_u16() {
            write!(f, ":{port}")?;
        }
        let has_path = !matches!(self.0.path(), "" | "/");
        match has_path || self.0.query().is_some() {
            true => f.write_str("/.."),
            false => Ok(()),
        }
    }
}

impl fmt::Debug for SpekeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpekeUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_information_and_queries_are_not_shown() {
        let url =
            SpekeUrl::parse(" https://user:pass@host.example:8443/speke?token=abc&d ").unwrap();
        assert_eq!(url.to_string(), "https://host.example:8443/..");
        assert_eq!(format!("{url:?}"), "SpekeUrl(https://host.example:8443/..)");
        assert_eq!(url.secrets(), ["user", "pass", "abc", "d"]);
        let token = SpekeUrl::parse("https://host/v2/getKey/0123456789abcdef").unwrap();
        assert_eq!(token.secrets(), ["0123456789abcdef"]);
        let plain = SpekeUrl::parse("http://localhost/a").unwrap();
        assert_eq!(plain.to_string(), "http://localhost/..");
        assert!(plain.secrets().is_empty() && !plain.is_open());
        assert!(SpekeUrl::parse("http://host.example").unwrap().is_open());
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        for text in [
            "",
            "host.example",
            "ftp://host",
            "/path",
            "https://",
            "https://a b/",
            "data:c0ffee",
        ] {
            let error = SpekeUrl::parse(text).unwrap_err();
            assert_eq!(
                error.to_string(),
                "is no http or https URL with a host",
                "{text}"
            );
        }
    }
}
