/*
 * Algorithms of OpenSSL that no TLS peer of ours asks for: ARIA, Camellia, SM2 and SM4, ciphers from before AES, and AES-CBC
 * stitched together with its HMAC (TLS 1.2 then does one after the other). Programs ask for an algorithm by its name and
 * are told that it is not there: an algorithm without functions counts as none.
 */

#define ALGORITHM(name) const void *const ossl_##name##_functions[2] = { 0, 0 };
#define CIPHER(name) const void *EVP_##name(void) { return 0; }

#define MODES(DO, name) DO(name##_cbc) DO(name##_ecb) DO(name##_ofb)
#define LEGACY_MODES(name) MODES(CIPHER, name) CIPHER(name##_cfb1) CIPHER(name##_cfb8) CIPHER(name##_cfb128) CIPHER(name##_ctr)
#define PROVIDED_MODES(name) \
    ALGORITHM(name##cbc) ALGORITHM(name##ecb) ALGORITHM(name##ofb) ALGORITHM(name##cfb) ALGORITHM(name##cfb1) ALGORITHM(name##cfb8) ALGORITHM(name##ctr)

#define ARIA(bits) \
    LEGACY_MODES(aria_##bits) CIPHER(aria_##bits##_ccm) CIPHER(aria_##bits##_gcm) \
    PROVIDED_MODES(aria##bits) ALGORITHM(aria##bits##ccm) ALGORITHM(aria##bits##gcm)
ARIA(128)
ARIA(192)
ARIA(256)

#define CAMELLIA(bits) LEGACY_MODES(camellia_##bits) PROVIDED_MODES(camellia##bits) ALGORITHM(camellia##bits##cbc_cts)
CAMELLIA(128)
CAMELLIA(192)
CAMELLIA(256)

MODES(CIPHER, sm4) CIPHER(sm4_cfb128) CIPHER(sm4_ctr)
ALGORITHM(sm4128cbc) ALGORITHM(sm4128ecb) ALGORITHM(sm4128ofb128) ALGORITHM(sm4128cfb128) ALGORITHM(sm4128ctr)
ALGORITHM(sm2_signature) ALGORITHM(sm2_asym_cipher)

MODES(CIPHER, seed) CIPHER(seed_cfb128)
MODES(CIPHER, cast5) CIPHER(cast5_cfb64)
MODES(CIPHER, bf) CIPHER(bf_cfb64)
CIPHER(desx_cbc) CIPHER(rc4) CIPHER(rc4_40) CIPHER(rc4_hmac_md5)

#define STITCHED(bits, digest) ALGORITHM(aes##bits##cbc_hmac_##digest) CIPHER(aes_##bits##_cbc_hmac_##digest)
STITCHED(128, sha1)
STITCHED(256, sha1)
STITCHED(128, sha256)
STITCHED(256, sha256)
int ossl_cipher_capable_aes_cbc_hmac_sha1(void) { return 0; }
int ossl_cipher_capable_aes_cbc_hmac_sha256(void) { return 0; }

ALGORITHM(kdf_krb5kdf) ALGORITHM(kdf_sshkdf) ALGORITHM(kdf_scrypt) ALGORITHM(kdf_x942_kdf)
ALGORITHM(siphash)

/* Hardware that has its own library, and texts of errors of what is not linked. */
void engine_load_padlock_int(void) { }
void engine_load_afalg_int(void) { }
void engine_load_openssl_int(void) { }

#define TEXTS(library) int ossl_err_load_##library##_strings(void) { return 1; }
TEXTS(ASYNC) TEXTS(CMP) TEXTS(CMS) TEXTS(COMP) TEXTS(CRMF) TEXTS(CT) TEXTS(ENGINE) TEXTS(ESS) TEXTS(HTTP) TEXTS(TS) TEXTS(UI)
