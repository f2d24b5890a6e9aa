"""The characters of a bundled font, one U+XXXX a line, for pyftsubset --unicodes-file: main, han or latin."""
import sys

NAMES = ("㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴"
         "䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮")  # of the list of common characters of 2013, outside U+4E00 to U+9FFF


def writes(codec, c):
    try:
        c.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def main():
    wanted = [*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x3100, 0x3130), *range(0x4E00, 0xA000),
              *range(0x20000, 0x32000), *map(ord, NAMES + "‑‒‚„†‡‧€−←→↑↓⌨☀✓✕▲■●")]
    for c in map(chr, range(0x100, 0x10000)):
        if not 0xD800 <= ord(c) <= 0xDFFF and (writes("gbk", c) or writes("big5hkscs", c)):
            wanted.append(ord(c))
    return set(wanted)


def han():
    return {*range(0x3040, 0x3100), *range(0x3400, 0x4DC0), *range(0xF900, 0xFB00)} - main()  # with it, GB 18030 of level 1 and kana


def latin():
    return {*range(0x20, 0x7F), *range(0xA0, 0x530), *range(0x1C80, 0x1C90), *range(0x1D00, 0x2000), *range(0x2C60, 0x2C80),
            *range(0xA640, 0xA6A0), *range(0xA720, 0xA800), *range(0xFB00, 0xFB07)}


print("\n".join(f"U+{c:04X}" for c in sorted({"main": main, "han": han, "latin": latin}[sys.argv[1]]())))
