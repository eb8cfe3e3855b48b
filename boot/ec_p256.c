/*
 * ec_p256 - of BearSSL's elliptic curves, what verifying on P-256 needs
 *
 * SPDX-License-Identifier: MIT
 *
 * Its table of functions keeps those in a program that make keys and signatures
 * and know other curves: 420 bytes. Compiled in place of the file that it
 * includes.
 */
#define br_ec_prime_i31 all_of_br_ec_prime_i31
#include "ec/ec_prime_i31.c" // NOLINT(bugprone-suspicious-include): see above
#undef br_ec_prime_i31

const br_ec_impl br_ec_prime_i31 = {
        .supported_curves = (uint32_t)1 << BR_EC_secp256r1,
        .muladd = &api_muladd,
};
