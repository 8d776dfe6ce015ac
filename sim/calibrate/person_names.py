"""Whether a text reads like the name of a person: of one that is known, or of anybody."""

from __future__ import annotations

import functools
import re
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
#: Words of channels, campaigns and firms. What is left of a source without them may be a name. Words that are common
#: family names too, such as page, post or booth, are left out on purpose.
_CHANNELS = frozenset(
    """
    ad ads advert advertisement advertising affiliate affiliates agency ai alliance and app appexchange apps
    association at aws azure bing blog blogs bot broadcast business buyer by call calling calls campaign campaigns
    capterra catalog catalogue channel channels chat chatbot click clicks cold community company comparison
    conference congress consulting contact contacts content corp corporation crm customer customers data database
    demo digital direct directory display download downloads ecommerce email emails employee employees enquiry event
    events exhibition existing expo external facebook fallback follow for form forms forum free friday from gartner
    generation gmbh google group guide hotline hubspot import imported inbound inc influencer inquiry inside
    instagram integration internal internet introduction invitation landing launch lead leads letter limited
    linkedin list lists live llc local ltd magazine mail mailing manual market marketing marketplace media meetup
    messe messenger microsoft mobile mouth network networking news newsletter none of offer office offline on online
    order organic other outbound outdoor outreach pages paid partner partners party per phone pipeline platform
    podcast portal ppc press print product program programme promo promotion prospect prospecting prospector public
    publication purchase purchased quora radio recommendation reddit reference references referral referrals
    referred relations remarketing request research reseller resellers retargeting returning review reviews roadshow
    sales salesforce sea search self sem seminar seminars seo service services shop show shows sign signup site sms
    social software solutions source sponsor sponsored sponsorship store subscription summit support survey
    syndication systems team tech technologies technology telemarketing telephone test the tiktok tour trade traffic
    training trial tv twitter university unknown upload upsell user vendor via video visit visitor walk web webinar
    webinars website websites whatsapp whitepaper word workshop xing yahoo youtube zoho
    """.split()
)


def reads_like_a_person(text: str) -> bool:
    """Whether two words in a row are written like names, none of them that of a channel, a campaign or a firm.

    Notes
    -----
    A guess by spelling, with errors of both kinds: a fair called 'Hanover Spring' reads like a person, and one who is
    written in small letters does not. A text with a digit counts as a campaign.

    Examples
    --------
    >>> [reads_like_a_person(text) for text in ("Ann Smith", "Referral - Smith, Ann", "Trade Show", "Ann Smith 2024")]
    [True, True, False, False]
    """
    if re.search(r"\d", text):
        return False
    words = [word for word in _WORD.findall(text) if len(word) > 1]
    names = [word[0].isupper() and word.casefold() not in _CHANNELS for word in words]
    return any(one and other for one, other in pairwise(names))


def is_same_person(text: str, person: str) -> bool:
    """Whether a text holds all parts of a person's name, in any order; some may be initials.

    Parameters
    ----------
    text : str
        Such as a source.
    person : str
        A name of two words or more, or an address made of one.

    Examples
    --------
    >>> [is_same_person(text, "ann.smith@example.org") for text in ("Smith, Ann", "A. Smith", "Smithfield Fair")]
    [True, True, False]
    """
    words, parts = _parts(text), _parts(person.partition("@")[0])
    whole = [part for part in parts if part in words]
    short = [part for part in parts if part not in words and part[0] in words]
    is_all = len(whole) + len(short) == len(parts) > 1
    return is_all and (not short or any(len(part) > 3 for part in whole))


@functools.lru_cache(maxsize=65_536)
def _parts(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text))
