// The configuration of the run: command, network, data, machine and options.

function networkTable(network) {
  const lines = network.layers.map((layer, i) => [String(i + 1),
    `${count(layer.in)} × ${count(layer.out)}`, layer.activation, count(layer.parameters)]);
  lines.push(['total', '', '', count(network.parameters)]);
  return scroll('Layers', table('', ['layer', 'size', 'activation', 'parameters'], lines,
    {texts: [2], label: 'Layers'}));
}

function setup(data) {
  const {machine, network, time} = data;
  const options = Object.entries(data.options).map(([group, entries]) => element('div', {},
    element('h3', {}, group), pairs(group, Object.entries(entries))));
  return section('Configuration',
    element('h3', {}, 'Command'), element('pre', {id: 'command'}, data.command),
    element('div', {class: 'columns'},
      element('div', {}, element('h3', {}, 'Network'), networkTable(network)),
      element('div', {}, element('h3', {}, 'Data'), pairs('Data', [
        ['source', data.data.source],
        ['training rows', count(data.data.training_rows)],
        ['validation rows',
          data.data.validation_rows === null ? 'none' : count(data.data.validation_rows)],
        ['validation', data.data.validation],
        ['inputs', count(network.inputs)],
        ['outputs', count(network.outputs)],
      ])),
      element('div', {}, element('h3', {}, 'Machine and time'), pairs('Machine', [
        ['processor', machine.cpu],
        ['instruction set', machine.isa],
        ['threads', `${machine.threads} of ${plural(machine.processors, 'processor')}`],
        ['Lanewise', machine.version],
        ['started', time.started],
        ['training', duration(time.training)],
        ['total', `${duration(time.total)} with reading data, validation and evaluation`],
      ])),
      options));
}
