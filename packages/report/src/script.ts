/** Sorting of tables and copying of options; the report reads as well without it. */
export const script: string = `
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.querySelectorAll('thead th')];
  const body = table.querySelector('tbody');
  heads.forEach((head, column) => head.addEventListener('click', () => {
    const direction = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
    for (const other of heads) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
    const key = (row) => row.children[column].dataset.value ?? row.children[column].textContent;
    const compare = (a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === '' || y === '') return (x === '') - (y === '');
      return direction * (isNaN(x) || isNaN(y) ? x.localeCompare(y) : x - y);
    };
    body.append(...[...body.children].sort(compare));
  }));
}
document.addEventListener('click', async ({ target }) => {
  if (!target.matches('button.copy')) return;
  try {
    await navigator.clipboard.writeText(target.dataset.copy);
  } catch {
    const field = document.createElement('textarea');
    field.value = target.dataset.copy;
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
    target.focus();
  }
  target.textContent = 'Copied';
  setTimeout(() => { target.textContent = 'Copy'; }, 1500);
});
`;
