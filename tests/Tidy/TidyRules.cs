using Appliance.Tests.Tidy.Bans;
using Appliance.Tests.Tidy.Layout;
using Appliance.Tests.Tidy.Sizes;
using Appliance.Tests.Tidy.Texts;

namespace Appliance.Tests.Tidy;

/// <summary>Every rule that holds for the tree.</summary>
public static class TidyRules
{
    public static readonly IReadOnlyList<ITidyRule> All =
    [
        new LayerArrows(), new GeneratedTypesStayPut(), new NamespaceIsFolder(), new TopLevelIsFixed(), new FoldersStaySmall(),
        new SqlInMetadata(), new NativeInNative(), new SpaceByPath(), new ConsoleInTerminal(), new ClockIsTimeProvider(),
        new TasksHaveOwners(), new NothingBlocks(), new JsonHasContext(), new PartialNeedsGenerator(), new SuppressionsHaveReasons(), new NamesSaySomething(),
        new FilesStaySmall(), new FunctionsStaySmall(),
        new DebtHasOwner(), new MapsNameRealFiles(), new NoMachineTraces(),
    ];
}
