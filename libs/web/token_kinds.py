"""Why a bearer token was not accepted: one code a reason (RFC 6750, RFC 9068)."""

from libs.web.languages import Said
from libs.web.problem_kinds import ProblemKind

SIGN_IN_AGAIN = Said("请重新登录。", "Sign in again.")


def _unauthorised(zh: str, en: str, todo: Said = SIGN_IN_AGAIN) -> ProblemKind:
    return ProblemKind(401, Said(zh, en), todo)


TOKEN_KINDS = {
    "token-missing": _unauthorised(
        "需要登录",
        "Sign-in needed",
        Said("请登录后再办。", "Sign in and send Authorization: Bearer <token>."),
    ),
    "token-malformed": _unauthorised("令牌无法读取", "The token cannot be read"),
    "token-forged": _unauthorised(
        "令牌签名不符", "The token's signature does not match"
    ),
    "token-expired": _unauthorised("登录已过期", "The token has expired"),
    "token-not-yet-valid": _unauthorised(
        "令牌尚未生效",
        "The token is not valid yet",
        Said("请校准签发方的时钟。", "Set the issuer's clock right."),
    ),
    "token-claims-missing": _unauthorised(
        "令牌缺少必要内容",
        "The token lacks claims",
        Said(
            "令牌须含 iss、aud、sub、exp、iat、jti。",
            "A token needs iss, aud, sub, exp, iat and jti.",
        ),
    ),
    "token-algorithm": _unauthorised(
        "令牌算法不被接受",
        "The token's algorithm is not accepted",
        Said("请用 EdDSA、ES256 或 RS256 签名。", "Sign with EdDSA, ES256 or RS256."),
    ),
    "token-unknown-key": _unauthorised(
        "不认识令牌的签名密钥", "The token's key is unknown"
    ),
    "token-foreign-issuer": _unauthorised(
        "令牌由别的机构签发",
        "The token is of a foreign issuer",
        Said("请用本系统认可的身份服务登录。", "Sign in with this system's issuer."),
    ),
    "token-foreign-audience": _unauthorised(
        "令牌是给别的系统的",
        "The token is for another audience",
        Said("请为 qingxin 申请令牌。", "Ask for a token with the audience qingxin."),
    ),
    "officer-unknown": ProblemKind(
        403,
        Said("名册中没有您", "You are not in the organisation table"),
        Said(
            "请让领导小组办公室把您登记到单位名册。",
            "Ask the leading-group office to enter you in the organisation table.",
        ),
    ),
    "not-an-officer": ProblemKind(
        403,
        Said("仅限工作人员", "For officers only"),
        Said("请用工作人员账号登录。", "Sign in as an officer."),
    ),
    "not-a-worker": ProblemKind(
        403,
        Said("仅限本人", "For the worker only"),
        Said("请用回执上的查询码进入。", "Enter with the query code of the receipt."),
    ),
}
