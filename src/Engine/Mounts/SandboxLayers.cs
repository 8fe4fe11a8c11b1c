using Appliance.Containers.Runtime;

namespace Appliance.Engine.Mounts;

/// <summary>Which layers a container shows, for the next process that looks after it.</summary>
internal static class SandboxLayers
{
    public static void Save(TaskDirectory task, IReadOnlyList<string> layers)
    {
        if (layers.Count > 0)
        {
            Directory.CreateDirectory(task.Root);
            File.WriteAllLines(FileOf(task), layers);
        }
    }

    public static IReadOnlyList<string> Read(TaskDirectory task) => File.Exists(FileOf(task)) ? File.ReadAllLines(FileOf(task)) : [];

    private static string FileOf(TaskDirectory task) => Path.Combine(task.Root, "mounts");
}
