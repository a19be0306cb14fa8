import { expect, test } from '@jest/globals';
import { withTag } from './tags.js';

test('a tag is added once, without the blanks around it; it may have commas', () => {
  const tags = ['a', 'b, c'];
  expect(withTag(tags, ' d, e ')).toEqual(['a', 'b, c', 'd, e']);
  expect(withTag(tags, 'b, c')).toBe(tags);
  expect(withTag(tags, '  ')).toBe(tags);
});
