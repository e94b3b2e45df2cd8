/**
 * A certificate that its own key has signed, for `samples.test` and `other.test`, good until 2126. It guards nothing: only
 * servers of the tests, on loopback, use it. Made with
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=samples.test
 * -addext subjectAltName=DNS:samples.test,DNS:other.test`.
 */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBqjCCAVCgAwIBAgIUDE9cOrOKLo3b5ztwb6GoRHzqsqowCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMc2FtcGxlcy50ZXN0MCAXDTI2MTEyMjEwMzMwOVoYDzIxMjYx
MDI5MTAzMzA5WjAXMRUwEwYDVQQDDAxzYW1wbGVzLnRlc3QwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARu5Xtg/g0d2v/q383OltrlNgK1xudy407LhSFCSD1tnKpp
9hkcGEwX0KbU90GiBXUBi/f8A8+3YGDNCvBf9hd5o3gwdjAdBgNVHQ4EFgQUa9US
g7TM3AXOCFmD1BLPjDSPb4AwHwYDVR0jBBgwFoAUa9USg7TM3AXOCFmD1BLPjDSP
b4AwDwYDVR0TAQH/BAUwAwEB/zAjBgNVHREEHDAaggxzYW1wbGVzLnRlc3SCCm90
aGVyLnRlc3QwCgYIKoZIzj0EAwIDSAAwRQIhALAjgj5N3M7IOA+ijdJvjOxV44ob
5jrlIE7SAU/gt2NXAiBBViPILUJxNGA/VV76qxeOdn6u2q6xXXZep9kkIuGx0g==
-----END CERTIFICATE-----
`;

/** The key of the certificate. */
export const PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0K9P9H2C1xUOhK/f
rFN9/RMuKSZSNnJ6yxKPDr+pqI+hRANCAARu5Xtg/g0d2v/q383OltrlNgK1xudy
407LhSFCSD1tnKpp9hkcGEwX0KbU90GiBXUBi/f8A8+3YGDNCvBf9hd5
-----END PRIVATE KEY-----
`;
