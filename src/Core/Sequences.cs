namespace Appliance;

/// <summary>
/// LINQ's operators for the code of this program, as plain iterators. The framework's own make, compiled natively, a class
/// for each pair of types that occur anywhere in the program together with a virtual generic method of theirs: a quarter of
/// the executable. These are found first because they stand in the enclosing namespace.
/// </summary>
public static class Sequences
{
    public static IEnumerable<TResult> Select<T, TResult>(this IEnumerable<T> source, Func<T, TResult> selector)
    {
        foreach (T each in source)
        {
            yield return selector(each);
        }
    }

    public static IEnumerable<TResult> Select<T, TResult>(this IEnumerable<T> source, Func<T, int, TResult> selector)
    {
        int index = 0;
        foreach (T each in source)
        {
            yield return selector(each, index++);
        }
    }

    public static IEnumerable<T> Where<T>(this IEnumerable<T> source, Func<T, bool> predicate)
    {
        foreach (T each in source)
        {
            if (predicate(each))
            {
                yield return each;
            }
        }
    }

    public static IEnumerable<TResult> SelectMany<T, TResult>(this IEnumerable<T> source, Func<T, IEnumerable<TResult>> selector)
    {
        foreach (T each in source)
        {
            foreach (TResult inner in selector(each))
            {
                yield return inner;
            }
        }
    }

    public static IEnumerable<T> Concat<T>(this IEnumerable<T> first, IEnumerable<T> second)
    {
        foreach (T each in first)
        {
            yield return each;
        }

        foreach (T each in second)
        {
            yield return each;
        }
    }

    public static IEnumerable<T> Append<T>(this IEnumerable<T> source, T last)
    {
        foreach (T each in source)
        {
            yield return each;
        }

        yield return last;
    }

    public static IEnumerable<T> Prepend<T>(this IEnumerable<T> source, T first)
    {
        yield return first;
        foreach (T each in source)
        {
            yield return each;
        }
    }

    public static IEnumerable<T> Take<T>(this IEnumerable<T> source, int count)
    {
        if (count <= 0)
        {
            yield break;
        }

        foreach (T each in source)
        {
            yield return each;
            if (--count == 0)
            {
                yield break;
            }
        }
    }

    public static IEnumerable<T> Skip<T>(this IEnumerable<T> source, int count)
    {
        foreach (T each in source)
        {
            if (count-- <= 0)
            {
                yield return each;
            }
        }
    }

    public static IEnumerable<T> Distinct<T>(this IEnumerable<T> source) => source.Distinct(null);

    public static IEnumerable<T> Distinct<T>(this IEnumerable<T> source, IEqualityComparer<T>? comparer)
    {
        var seen = new HashSet<T>(comparer);
        foreach (T each in source)
        {
            if (seen.Add(each))
            {
                yield return each;
            }
        }
    }
}
