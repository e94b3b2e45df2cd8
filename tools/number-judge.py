"""Writes test/fixtures/numbers/icu.json: numbers in words by ICU, an independent judge of src/reading/.

Debian: apt-get install python3-icu; then /usr/bin/python3 tools/number-judge.py
"""
import json
import os
import icu

LANGUAGES = 'en de fr es it pt ru id zh ja ko'.split()


def numbers():
    """200 of them, the same each time: small ones, round ones, and some of each length up to nine digits."""
    chosen = list(range(0, 32)) + [40, 50, 60, 70, 71, 75, 76, 80, 81, 90, 91, 95, 99, 100, 101, 110, 111, 112, 120]
    chosen += [199, 200, 201, 211, 280, 300, 400, 500, 555, 600, 700, 701, 800, 880, 900, 999, 1000, 1001, 1010, 1100]
    chosen += [1101, 1111, 1200, 1999, 2000, 2001, 2021, 3000, 10000, 10001, 11000, 20000, 21000, 80000, 99999, 100000]
    chosen += [100001, 101000, 110000, 200000, 201001, 300000, 999999, 1000000, 1000001, 2000000, 10000000, 100000000]
    seed = 17
    while len(chosen) < 200:
        seed = (seed * 1103515245 + 12345) % 2**31
        digits = 2 + len(chosen) % 8
        value = seed % 10**digits
        if value not in chosen:
            chosen.append(value)
    return sorted(chosen)


YEARS = [1066, 1100, 1101, 1215, 1348, 1492, 1500, 1517, 1605, 1648, 1700, 1701, 1776, 1789, 1799, 1800, 1805, 1812]
YEARS += [1815, 1848, 1851, 1861, 1870, 1871, 1881, 1899, 1900, 1901, 1905, 1914, 1918, 1929, 1933, 1945, 1968, 1980]
YEARS += [1984, 1989, 1990, 1999, 2000, 2001, 2005, 2009, 2010, 2019, 2021, 2026]


def main():
    rows = {}
    for language in LANGUAGES:
        spell = icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, icu.Locale(language))

        def words(value, rules):
            # Soft hyphens only mark where a word may be divided.
            return spell.format(value, rules).replace('\u00ad', '')

        names = [spell.getRuleSetName(i) for i in range(spell.getNumberOfRuleSetNames())]
        cardinal = '%spellout-cardinal-sinokorean' if language == 'ko' else '%spellout-numbering'
        rows[language] = {
            'cardinal': {str(value): words(value, cardinal) for value in numbers()},
            'year': {str(year): words(year, '%spellout-numbering-year') for year in YEARS},
        }
        if language == 'en':
            rows[language]['ordinal'] = {str(value): words(value, '%spellout-ordinal') for value in range(1, 121)}
    path = os.path.join(os.path.dirname(__file__), '../test/fixtures/numbers/icu.json')
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(rows, file, ensure_ascii=False, indent=1)
        file.write('\n')


main()
